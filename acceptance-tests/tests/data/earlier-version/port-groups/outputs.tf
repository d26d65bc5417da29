output "api_endpoint" {
  description = "Address of the Supervisor's Kubernetes API, for `kubectl vsphere login --server`"
  value       = supervisor_cluster.bank.api_server_endpoint
}

output "namespace_subnets" {
  description = "Subnet of each namespace's network"
  value       = { for name in local.namespaces : name => supervisor_namespace_subnets.bank.subnets[name] }
}

output "subnets_left" {
  description = "How many more namespaces fit into the CIDRs"
  value       = supervisor_namespace_subnets.bank.subnets_left
}
