# By `terraform apply -invoke=action.supervisor_rotate_password.bank`, or whenever the trigger changes.
action "supervisor_rotate_password" "bank" {
  config {
    cluster = supervisor_cluster.bank.cluster
  }
}

resource "terraform_data" "quarter" {
  input = "2026-Q1"

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.supervisor_rotate_password.bank]
    }
  }
}
