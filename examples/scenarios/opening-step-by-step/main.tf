# Two namespaces, opened step by step. Each step is proven by the firewall's own rules before the
# next one is taken:
#
#   terraform apply -var step=1   # nobody reaches anybody
#   terraform apply -var step=2   # trading may send, banking does not listen: still nobody
#   terraform apply -var step=3   # trading's web pods reach banking's API, and nobody else does
#
# `terraform output verdicts` shows who reaches whom, `terraform output why` by which rules. A check
# that fails is a warning, and says which rule is in the way, or which one opens too much.
#
# The pods are those of workloads.yaml, which the lab puts into the namespaces as soon as there are
# any. In a data center they are the users' own, and the rest stays as it is.

provider "supervisor" {
  lab = {
    workloads = ["${path.module}/workloads.yaml"]
  }
}

# ---- the Supervisor --------------------------------------------------------------------------

data "supervisor_compute_cluster" "bank" {
  name = "compute-2"
}

data "supervisor_distributed_switch" "bank" {
  name = "banking-vds"
}

data "supervisor_network" "management" {
  name       = "management"
  datacenter = "dc-1"
}

data "supervisor_storage_policy" "fast" {
  name = "gold"
}

data "supervisor_nsx_edge_cluster" "bank" {
  name = "edge-1"
}

data "supervisor_nsx_tier0_gateway" "bank" {
  name = "tier0-a"
}

resource "supervisor_cluster" "bank" {
  cluster = data.supervisor_compute_cluster.bank.id

  management_network = {
    network          = data.supervisor_network.management.id
    starting_address = "10.10.0.50"
    subnet_mask      = "255.255.255.0"
    gateway          = "10.10.0.1"
    dns_servers      = ["10.10.0.2"]
    ntp_servers      = ["10.10.0.4"]
  }

  workload_network = {
    nsx = {
      distributed_switch = data.supervisor_distributed_switch.bank.uuid
      edge_cluster       = data.supervisor_nsx_edge_cluster.bank.id
      tier0_gateway      = data.supervisor_nsx_tier0_gateway.bank.path
      pod_cidrs          = ["10.244.0.0/20"]
      ingress_cidrs      = ["192.168.20.64/27"]
      egress_cidrs       = ["192.168.30.64/27"]
    }
  }

  service_cidr   = "10.96.0.0/22"
  storage_policy = data.supervisor_storage_policy.fast.id

  deletion_protection = var.deletion_protection
}

# ---- two namespaces, closed in both directions -----------------------------------------------

resource "supervisor_vsphere_namespace" "banking" {
  name    = "banking"
  cluster = supervisor_cluster.bank.cluster

  # What no policy opens is dropped, whatever NCP's own rules say.
  isolation = {
    mode = "baseline"

    # What NCP opens for the platform itself: probes from its nodes, and the way to its services.
    accept = [
      "/infra/domains/*/security-policies/*-allow-node",
      "/infra/domains/*/security-policies/*-baseline/rules/system-out",
    ]
  }

  deletion_protection = var.deletion_protection
}

resource "supervisor_vsphere_namespace" "trading" {
  name    = "trading"
  cluster = supervisor_cluster.bank.cluster

  isolation = {
    mode = "baseline"

    # What NCP opens for the platform itself: probes from its nodes, and the way to its services.
    accept = [
      "/infra/domains/*/security-policies/*-allow-node",
      "/infra/domains/*/security-policies/*-baseline/rules/system-out",
    ]
  }

  deletion_protection = var.deletion_protection
}

# ---- step 2: trading may send ----------------------------------------------------------------

# The firewall judges at both ends. One end alone opens nothing.
resource "supervisor_namespace_network_policy" "trading_to_banking" {
  count = var.step >= 2 ? 1 : 0

  namespace = supervisor_vsphere_namespace.trading.name
  name      = "to-banking"

  pod_selector = { match_labels = { app = "web" } }

  egress = [{
    to = [{
      namespace_selector = {
        match_labels = { "kubernetes.io/metadata.name" = supervisor_vsphere_namespace.banking.name }
      }
    }]
    ports = [{ port = 8443 }]
  }]
}

# ---- step 3: banking listens -----------------------------------------------------------------

resource "supervisor_namespace_network_policy" "banking_from_trading" {
  count = var.step >= 3 ? 1 : 0

  namespace = supervisor_vsphere_namespace.banking.name
  name      = "from-trading"

  pod_selector = { match_labels = { app = "api" } }

  ingress = [{
    from = [{
      namespace_selector = {
        match_labels = { "kubernetes.io/metadata.name" = supervisor_vsphere_namespace.trading.name }
      }
      pod_selector = { match_labels = { app = "web" } }
    }]
    ports = [{ port = 8443 }]
  }]
}

# ---- the proof -------------------------------------------------------------------------------

# `depends_on` has them asked after the policies of this step are in force.
data "supervisor_reachability" "to_api" {
  for_each = local.senders

  from = each.value
  to   = "${supervisor_vsphere_namespace.banking.name}/api-0"
  port = 8443

  depends_on = [
    supervisor_vsphere_namespace.trading,
    supervisor_namespace_network_policy.trading_to_banking,
    supervisor_namespace_network_policy.banking_from_trading,
  ]
}

data "supervisor_namespace_isolation" "banking" {
  name   = supervisor_vsphere_namespace.banking.name
  accept = supervisor_vsphere_namespace.banking.isolation.accept

  depends_on = [supervisor_namespace_network_policy.banking_from_trading]
}

locals {
  senders = {
    web     = "trading/web-0"
    batch   = "trading/batch-0"
    outside = "203.0.113.7"
  }
  answers = data.supervisor_reachability.to_api
}

# Whatever the step: what is open was asked for.
check "banking_is_isolated" {
  assert {
    condition     = data.supervisor_namespace_isolation.banking.isolated
    error_message = join("\n", data.supervisor_namespace_isolation.banking.opened_by)
  }
}

check "nobody_else_ever_reaches_the_api" {
  assert {
    condition     = local.answers["batch"].denied && local.answers["outside"].denied
    error_message = "${local.answers["batch"].explanation}\n${local.answers["outside"].explanation}"
  }
}

check "web_reaches_the_api_from_step_3_on" {
  assert {
    condition     = var.step >= 3 ? local.answers["web"].allowed : local.answers["web"].denied
    error_message = local.answers["web"].explanation
  }
}
