# The version of the Supervisor, as one line of a pull request.
locals {
  version = "v1.28.3+vmware.wcp.1-vsc0.1.9-24045921"
}

action "supervisor_upgrade" "bank" {
  config {
    cluster = supervisor_cluster.bank.cluster
    version = local.version
  }
}

resource "terraform_data" "version" {
  input = local.version

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.supervisor_upgrade.bank]
    }
  }
}
