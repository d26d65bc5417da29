locals {
  hosts = provider::supervisor::usable_hosts("10.244.0.16/28")
}

output "gateway" {
  value = local.hosts.gateway # 10.244.0.17
}

output "room" {
  value = "${local.hosts.count} machines, ${local.hosts.first} to ${local.hosts.last}"
}
