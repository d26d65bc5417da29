//! A framework for Terraform providers: one struct is schema, documentation and codec of a resource.
