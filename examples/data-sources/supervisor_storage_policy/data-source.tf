data "supervisor_storage_policy" "fast" {
  name = "gold"
}

output "storage_policy" {
  value = data.supervisor_storage_policy.fast.id
}
