//! `schema`: the JSON Schemas that the binary carries.

use super::args::{SchemaArgs, SchemaOf};
use super::{Ending, Failure, output};

pub(super) fn print(arguments: &SchemaArgs) -> Result<Ending, Failure> {
    output::answer(match arguments.of {
        SchemaOf::Json => include_str!("../../schemas/report.schema.json"),
        SchemaOf::Jsonl => include_str!("../../schemas/jsonl.schema.json"),
        SchemaOf::Audit => include_str!("../../schemas/audit.schema.json"),
        SchemaOf::Config => include_str!("../../schemas/config.schema.json"),
        SchemaOf::Rule => include_str!("../../schemas/rule.schema.json"),
        SchemaOf::Model => include_str!("../../schemas/model.schema.json"),
    })?;
    Ok(Ending::Clean)
}
