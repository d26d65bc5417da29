locals {
  subnets = provider::supervisor::namespace_subnets(
    ["10.244.0.0/20"],
    28,
    ["banking", "trading"],
    { trading = "10.244.0.16/28" }, # stays where it is
  )
}

output "subnets" {
  value = local.subnets
}
