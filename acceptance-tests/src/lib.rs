//! Real Terraform against the real provider and the lab.
