data "supervisor_distributed_switch" "bank" {
  name       = "banking-vds"
  datacenter = "dc-1"
}

output "switch_uuid" {
  value = data.supervisor_distributed_switch.bank.uuid
}
