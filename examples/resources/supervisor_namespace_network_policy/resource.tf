resource "supervisor_namespace_network_policy" "banking" {
  namespace = supervisor_vsphere_namespace.banking.name
  name      = "web"

  pod_selector = {
    match_labels = { app = "web" }
  }

  # From the namespace's own pods and from the office, but not from its guests.
  ingress = [{
    from = [
      { pod_selector = { match_labels = { app = "gateway" } } },
      { ip_block = { cidr = "10.50.0.0/16", except = ["10.50.99.0/24"] } },
    ]
    ports = [{ port = 8443 }]
  }]

  # To anywhere, and that has to be written: a list that is left out opens nothing.
  egress = [{
    to    = [{ any = true }]
    ports = [{ protocol = "UDP", port = 53 }]
  }]
}

# The same can be said by the YAML that is there already; it names the policy and its namespace.
resource "supervisor_namespace_network_policy" "gateway" {
  manifest = file("${path.module}/gateway.yaml")

  depends_on = [supervisor_vsphere_namespace.banking]
}
