# A session for a script that speaks to vCenter. It sees no password, and the session ends with the run.
ephemeral "supervisor_vcenter_session" "report" {}

resource "terraform_data" "report" {
  provisioner "local-exec" {
    command = "echo \"vmware-api-session-id: $SESSION\" | curl --fail --silent --header @- $VCENTER/api/vcenter/datacenter"

    environment = {
      VCENTER = ephemeral.supervisor_vcenter_session.report.url
      SESSION = ephemeral.supervisor_vcenter_session.report.session_id
    }
  }
}
