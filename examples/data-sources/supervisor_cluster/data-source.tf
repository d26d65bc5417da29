# A Supervisor that exists, whoever enabled it.
data "supervisor_cluster" "bank" {
  cluster = supervisor_cluster.bank.cluster
}

output "pod_cidrs" {
  value = data.supervisor_cluster.bank.pod_cidrs
}
