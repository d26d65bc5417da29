resource "supervisor_vsphere_namespace" "banking" {
  name        = "banking"
  cluster     = supervisor_cluster.bank.cluster
  description = "Accounts and payments"

  access = [
    { subject = "devs@vsphere.local", subject_type = "GROUP", role = "EDIT" },
    { subject = "alice@vsphere.local", role = "OWNER" },
  ]

  storage = [{ policy = data.supervisor_storage_policy.fast.id, limit = "200Gi" }]

  resources = {
    cpu_limit_mhz    = 20000
    memory_limit_mib = 65536
  }

  vm_classes = ["best-effort-small", "guaranteed-medium"]

  # Closed in both directions; NetworkPolicies may open name resolution, and nothing else.
  isolation = {
    mode  = "guardrail"
    allow = [{ name = "dns", preset = "dns" }]
  }
}
