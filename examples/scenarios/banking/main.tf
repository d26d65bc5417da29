# A bank on a bare vSphere cluster, in one apply: a Supervisor whose networking is NSX's, two
# namespaces that are closed, and exactly one way from the one to the other.

# The lab stands in for vCenter and NSX. Against real ones, leave `lab` out, set `owner`, and set
# VSPHERE_SERVER, VSPHERE_USER, VSPHERE_PASSWORD, NSXT_MANAGER_HOST, NSXT_USERNAME and NSXT_PASSWORD.
provider "supervisor" {
  lab = {}
}

# ---- what is there already -------------------------------------------------------------------

data "supervisor_compute_cluster" "bank" {
  name       = var.compute_cluster
  datacenter = var.datacenter
}

data "supervisor_distributed_switch" "bank" {
  name       = var.distributed_switch
  datacenter = var.datacenter
}

data "supervisor_network" "management" {
  name       = var.management_network
  datacenter = var.datacenter
}

data "supervisor_storage_policy" "fast" {
  name = "gold"
}

data "supervisor_storage_policy" "standard" {
  name = "silver"
}

data "supervisor_content_library" "releases" {
  name = "kubernetes-releases"
}

data "supervisor_content_library" "images" {
  name = "vm-images"
}

data "supervisor_vm_class" "small" {
  name = "best-effort-small"
}

data "supervisor_vm_class" "guaranteed" {
  name = "guaranteed-medium"
}

data "supervisor_nsx_edge_cluster" "bank" {
  name = var.edge_cluster
}

data "supervisor_nsx_tier0_gateway" "bank" {
  name = var.tier0_gateway
}

data "supervisor_nsx_transport_zone" "overlay" {
  name = var.overlay_transport_zone
}

# ---- the Supervisor --------------------------------------------------------------------------

resource "supervisor_cluster" "bank" {
  cluster             = data.supervisor_compute_cluster.bank.id
  size                = "SMALL"
  control_plane_count = 3

  management_network = {
    network = data.supervisor_network.management.id

    # Three control plane VMs, their floating address, and one that an upgrade needs.
    starting_address = "10.10.0.50"
    address_count    = 5
    subnet_mask      = "255.255.255.0"
    gateway          = "10.10.0.1"

    dns_servers        = var.dns_servers
    dns_search_domains = ["bank.example.com"]
    ntp_servers        = var.ntp_servers
  }

  workload_network = {
    nsx = {
      distributed_switch = data.supervisor_distributed_switch.bank.uuid
      edge_cluster       = data.supervisor_nsx_edge_cluster.bank.id
      tier0_gateway      = data.supervisor_nsx_tier0_gateway.bank.path

      # Every namespace gets its subnets out of these, /28 by /28.
      pod_cidrs = ["10.244.0.0/20"]
      # Addresses of services that are reached from outside, and of what goes out.
      ingress_cidrs = ["192.168.20.64/27"]
      egress_cidrs  = ["192.168.30.64/27"]
    }

    dns_servers = var.dns_servers
    ntp_servers = var.ntp_servers
  }

  service_cidr = "10.96.0.0/22"

  storage_policy           = data.supervisor_storage_policy.fast.id
  ephemeral_storage_policy = data.supervisor_storage_policy.standard.id
  image_storage_policy     = data.supervisor_storage_policy.standard.id
  content_library          = data.supervisor_content_library.releases.id

  deletion_protection = var.deletion_protection

  lifecycle {
    # Tells before anything exists what vCenter has against the cluster.
    precondition {
      condition     = data.supervisor_compute_cluster.bank.compatible
      error_message = join("; ", data.supervisor_compute_cluster.bank.incompatibility_reasons)
    }
    # A Supervisor that takes longer, or is in trouble, is kept and the run fails: the next apply
    # goes on where this one stopped.
    postcondition {
      condition     = self.config_status == "RUNNING"
      error_message = "The Supervisor is ${self.config_status}: ${join("; ", self.messages)}"
    }
  }
}

# ---- two namespaces, closed in both directions -----------------------------------------------

resource "supervisor_vsphere_namespace" "banking" {
  name        = "banking"
  cluster     = supervisor_cluster.bank.cluster
  description = "Accounts and payments"

  access = [
    { subject = "devs@vsphere.local", subject_type = "GROUP", role = "EDIT" },
    { subject = "auditors@vsphere.local", subject_type = "GROUP", role = "VIEW" },
  ]

  storage = [
    { policy = data.supervisor_storage_policy.fast.id, limit = "200Gi" },
    { policy = data.supervisor_storage_policy.standard.id, limit = "1Ti" },
  ]

  resources = {
    cpu_limit_mhz    = 20000
    memory_limit_mib = 65536
  }

  vm_classes        = [data.supervisor_vm_class.small.id, data.supervisor_vm_class.guaranteed.id]
  content_libraries = [data.supervisor_content_library.images.id]

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
  name        = "trading"
  cluster     = supervisor_cluster.bank.cluster
  description = "Orders and quotes"

  access = [
    { subject = "ops@vsphere.local", subject_type = "GROUP", role = "EDIT" },
    { subject = "alice@vsphere.local", role = "OWNER" },
  ]

  storage = [
    { policy = data.supervisor_storage_policy.standard.id, limit = "500Gi" },
  ]

  resources = {
    cpu_limit_mhz    = 10000
    memory_limit_mib = 32768
  }

  vm_classes        = [data.supervisor_vm_class.small.id]
  content_libraries = [data.supervisor_content_library.images.id]

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

# ---- one way between them: trading reaches banking on 8443 -----------------------------------

# Both ends deny, so both ends have to open: the receiver here …
resource "supervisor_namespace_network_policy" "banking_from_trading" {
  namespace = supervisor_vsphere_namespace.banking.name
  name      = "from-trading"

  ingress = [{
    from = [{
      namespace_selector = {
        match_labels = { "kubernetes.io/metadata.name" = supervisor_vsphere_namespace.trading.name }
      }
    }]
    ports = [{ port = local.payments_port }]
  }]
}

# … and the sender here.
resource "supervisor_namespace_network_policy" "trading_to_banking" {
  namespace = supervisor_vsphere_namespace.trading.name
  name      = "to-banking"

  egress = [{
    to = [{
      namespace_selector = {
        match_labels = { "kubernetes.io/metadata.name" = supervisor_vsphere_namespace.banking.name }
      }
    }]
    ports = [{ port = local.payments_port }]
  }]
}

# ---- the way in from outside -----------------------------------------------------------------

# Its firewall opening lets in the load balancer's own addresses, on the backends' port alone.
resource "supervisor_namespace_load_balancer" "banking" {
  name      = "banking"
  namespace = supervisor_vsphere_namespace.banking.name

  tier0_path        = data.supervisor_nsx_tier0_gateway.bank.path
  edge_cluster_path = data.supervisor_nsx_edge_cluster.bank.path
  address           = "192.168.40.10"

  ports = [
    { name = "https", port = 443, target_port = local.payments_port },
  ]
}

# ---- VMs beside the namespaces ---------------------------------------------------------------

resource "supervisor_nsx_segment" "vms" {
  display_name        = "bank-vms"
  description         = "Virtual machines outside of the Supervisor"
  transport_zone_path = data.supervisor_nsx_transport_zone.overlay.path
  connectivity_path   = data.supervisor_nsx_tier0_gateway.bank.path

  subnets = [{ gateway = "10.20.0.1/24" }]

  tags = [{ scope = "team", tag = "platform" }]
}

locals {
  payments_port = 8443
}
