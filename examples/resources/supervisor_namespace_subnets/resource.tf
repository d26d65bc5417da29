resource "supervisor_namespace_subnets" "bank" {
  pod_cidrs = ["10.244.0.0/20"]
  prefix    = 28
  names     = ["banking", "trading", "risk"]

  # One that has grown out of its size, and one that is known to the outside by its addresses.
  prefixes = { trading = 26 }
  pins     = { risk = "10.244.4.0/28" }

  # One that has filled its first subnet.
  counts = { banking = 2 }

  reserved = { office = ["10.244.15.0/24"] }
}

output "banking_gateway" {
  value = supervisor_namespace_subnets.bank.gateways["banking"]
}
