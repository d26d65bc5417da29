import {
  to = supervisor_workload_network.banking
  identity = {
    cluster = "domain-c58"
    name    = "banking"
  }
}
