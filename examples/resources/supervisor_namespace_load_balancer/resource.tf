resource "supervisor_namespace_load_balancer" "banking" {
  name      = "banking"
  namespace = supervisor_vsphere_namespace.banking.name

  tier0_path        = data.supervisor_nsx_tier0_gateway.bank.path
  edge_cluster_path = data.supervisor_nsx_edge_cluster.bank.path

  # Outside of the Supervisor's ingress CIDRs: those are NCP's.
  address = "192.168.40.10"

  ports = [
    { name = "https", port = 443, target_port = 8443 },
    { name = "metrics", port = 9090 },
  ]
}
