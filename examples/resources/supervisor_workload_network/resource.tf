resource "supervisor_workload_network" "banking" {
  cluster        = supervisor_cluster.bank.cluster
  name           = "banking"
  port_group     = data.supervisor_network.banking.id
  gateway        = "10.32.2.1"
  subnet_mask    = "255.255.255.0"
  address_ranges = ["10.32.2.10-10.32.2.200"]
}
