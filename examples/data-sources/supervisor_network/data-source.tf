data "supervisor_network" "management" {
  name       = "management"
  datacenter = "dc-1"
}

output "management_network" {
  value = data.supervisor_network.management.id
}
