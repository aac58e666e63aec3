//! One evaluator for all languages: values, branches, helpers across files.
