import {
  to = supervisor_cluster.bank
  identity = {
    id = "domain-c34"
  }
}
