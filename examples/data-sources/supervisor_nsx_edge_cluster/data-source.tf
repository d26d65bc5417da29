data "supervisor_nsx_edge_cluster" "bank" {
  name = "edge-1"
}

output "edge_cluster_path" {
  value = data.supervisor_nsx_edge_cluster.bank.path
}
