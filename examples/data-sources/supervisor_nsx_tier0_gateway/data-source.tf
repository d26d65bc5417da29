data "supervisor_nsx_tier0_gateway" "bank" {
  name = "tier0-a"
}

output "tier0_path" {
  value = data.supervisor_nsx_tier0_gateway.bank.path
}
