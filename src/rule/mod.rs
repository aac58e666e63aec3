//! Rules: definitions, conditions, and the ones that need code.
