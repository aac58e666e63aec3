use grid::Stack;

#[path = "../axum/stacks.rs"]
#[allow(dead_code, reason = "most frameworks there are for axum 0.8")]
mod newer;

pub const STACKS: &[Stack] = &[TOWER_SESSIONS];

const TOWER_SESSIONS: Stack = Stack { name: "tower-sessions 0.12.3", ..newer::TOWER_SESSIONS };
