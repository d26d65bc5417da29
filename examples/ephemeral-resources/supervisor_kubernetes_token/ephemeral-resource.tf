# A token for the Supervisor, as `kubectl vsphere login` gets it. A `kubernetes` provider takes the same
# three: `host`, `token` and `cluster_ca_certificate`.
ephemeral "supervisor_kubernetes_token" "bank" {
  endpoint = supervisor_cluster.bank.api_server_endpoint
}

resource "terraform_data" "kubeconfig" {
  triggers_replace = supervisor_cluster.bank.api_server_endpoint

  provisioner "local-exec" {
    command = "printf '%s' \"$TOKEN\" | wc -c"

    environment = {
      SERVER = ephemeral.supervisor_kubernetes_token.bank.host
      TOKEN  = ephemeral.supervisor_kubernetes_token.bank.token
    }
  }
}
