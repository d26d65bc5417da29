# The version of the Supervisor, as one line of a pull request.
resource "terraform_data" "version" {
  input = "v1.28.3+vmware.wcp.1-vsc0.1.9-24045921"

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.supervisor_upgrade.bank]
    }
  }
}

action "supervisor_upgrade" "bank" {
  config {
    cluster = supervisor_cluster.bank.cluster
    version = terraform_data.version.input
  }
}
