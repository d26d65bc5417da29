data "supervisor_vm_class" "small" {
  name = "best-effort-small"
}

output "memory_mib" {
  value = data.supervisor_vm_class.small.memory_mib
}
