# The port group that vCenter shows for a segment, by the name under which NSX realized it.
data "supervisor_port_group" "vms" {
  name       = supervisor_nsx_segment.vms.port_group
  datacenter = "dc-1"
}

output "port_group" {
  value = data.supervisor_port_group.vms.id
}
