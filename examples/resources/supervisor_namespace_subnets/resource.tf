resource "supervisor_namespace_subnets" "bank" {
  pod_cidrs = ["10.244.0.0/20"]
  prefix    = 28
  names     = ["banking", "trading", "risk"]

  # One that has grown out of its size.
  prefixes = { trading = 26 }

  reserved = { "Office LAN" = ["10.244.15.0/24"] }
}

output "banking_gateway" {
  value = supervisor_namespace_subnets.bank.gateways["banking"]
}

resource "supervisor_namespace_subnets" "partners" {
  pod_cidrs = ["10.250.0.0/24"]
  names     = ["clearing", "exchange"]

  # One that has filled its first subnet, and one that is known to the outside by its addresses.
  counts = { clearing = 2 }
  pins   = { exchange = "10.250.0.64/28" }
}
