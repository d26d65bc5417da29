# The vSphere cluster; a Supervisor that exists is `data.supervisor_cluster`.
data "supervisor_compute_cluster" "bank" {
  name       = "compute-1"
  datacenter = "dc-1"
}

output "compute_cluster" {
  value = data.supervisor_compute_cluster.bank.id
}
