output "api_endpoint" {
  description = "Address of the Supervisor's Kubernetes API, for `kubectl vsphere login --server`"
  value       = supervisor_cluster.bank.api_server_endpoint
}

output "namespace_subnets" {
  description = "Subnets that NCP gave to each namespace"
  value = {
    banking = supervisor_vsphere_namespace.banking.subnets
    trading = supervisor_vsphere_namespace.trading.subnets
  }
}

output "isolated" {
  description = "Whether the whole rule base proves each namespace closed"
  value = {
    banking = supervisor_vsphere_namespace.banking.isolated
    trading = supervisor_vsphere_namespace.trading.isolated
  }
}

output "payments_address" {
  description = "Address on which the load balancer serves banking"
  value       = supervisor_namespace_load_balancer.banking.address
}

output "load_balancer_sources" {
  description = "Addresses from which the load balancer reaches its backends"
  value       = supervisor_namespace_load_balancer.banking.source_addresses
}

output "vm_port_group" {
  description = "Port group to attach virtual machines to"
  value       = supervisor_nsx_segment.vms.port_group
}
