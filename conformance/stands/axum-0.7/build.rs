#[path = "stacks.rs"]
mod stacks;

fn main() {
    grid::write(stacks::STACKS);
}
