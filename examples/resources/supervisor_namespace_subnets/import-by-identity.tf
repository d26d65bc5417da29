import {
  to = supervisor_namespace_subnets.bank
  identity = {
    pod_cidrs = ["10.244.0.0/20"]
  }
}
