output "api_endpoint" {
  value = supervisor_cluster.bank.api_server_endpoint
}

output "isolated" {
  value = {
    sandbox = supervisor_vsphere_namespace.sandbox.isolated
    banking = supervisor_vsphere_namespace.banking.isolated
    trading = supervisor_vsphere_namespace.trading.isolated
  }
}

output "load_balancer_sources" {
  value = supervisor_namespace_load_balancer.banking.source_addresses
}

output "port_group" {
  value = supervisor_nsx_segment.vms.port_group_id
}

output "gateways" {
  value = supervisor_namespace_subnets.bank.gateways
}
