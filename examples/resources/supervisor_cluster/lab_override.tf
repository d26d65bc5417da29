# `terraform destroy` of a try on the lab is meant. Without this file it is an error at plan.
resource "supervisor_cluster" "bank" {
  deletion_protection = false
}
