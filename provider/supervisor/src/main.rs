//! Terraform provider for vSphere Supervisors.

fn main() {}
