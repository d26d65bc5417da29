# Every resource that a Supervisor with NSX networking can have, each with as many of its attributes
# as go together.

provider "supervisor" {
  owner = "fixtures/b28bd96"

  lab = {
    state_file = "supervisor-lab.sqlite"
  }
}

# ---- what is there already -------------------------------------------------------------------

data "supervisor_compute_cluster" "bank" {
  name       = "compute-1"
  datacenter = "dc-1"
}

data "supervisor_distributed_switch" "bank" {
  name       = "banking-vds"
  datacenter = "dc-1"
}

data "supervisor_network" "management" {
  name       = "management"
  datacenter = "dc-1"
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

data "supervisor_nsx_edge_cluster" "bank" {
  name = "edge-1"
}

data "supervisor_nsx_tier0_gateway" "bank" {
  name = "tier0-a"
}

data "supervisor_nsx_transport_zone" "overlay" {
  name = "overlay-tz"
}

# ---- the Supervisor --------------------------------------------------------------------------

resource "supervisor_cluster" "bank" {
  cluster             = data.supervisor_compute_cluster.bank.id
  size                = "SMALL"
  control_plane_count = 3

  management_network = {
    network            = data.supervisor_network.management.id
    starting_address   = "10.10.0.50"
    address_count      = 5
    subnet_mask        = "255.255.255.0"
    gateway            = "10.10.0.1"
    dns_servers        = ["10.10.0.2", "10.10.0.3"]
    dns_search_domains = ["bank.example.com"]
    ntp_servers        = ["10.10.0.4"]
  }

  workload_network = {
    nsx = {
      distributed_switch = data.supervisor_distributed_switch.bank.uuid
      edge_cluster       = data.supervisor_nsx_edge_cluster.bank.id
      tier0_gateway      = data.supervisor_nsx_tier0_gateway.bank.path
      pod_cidrs          = ["10.244.0.0/20", "10.245.0.0/20"]
      ingress_cidrs      = ["192.168.20.64/27"]
      egress_cidrs       = ["192.168.30.64/27"]
    }

    dns_servers = ["10.10.0.2", "10.10.0.3"]
    ntp_servers = ["10.10.0.4"]
  }

  service_cidr = "10.96.0.0/22"

  storage_policy           = data.supervisor_storage_policy.fast.id
  ephemeral_storage_policy = data.supervisor_storage_policy.standard.id
  image_storage_policy     = data.supervisor_storage_policy.standard.id
  content_library          = data.supervisor_content_library.releases.id

  deletion_protection = var.deletion_protection

  timeouts = {
    create = "2h"
  }
}

# ---- a namespace in each mode of isolation ---------------------------------------------------

resource "supervisor_vsphere_namespace" "sandbox" {
  name    = "sandbox"
  cluster = supervisor_cluster.bank.cluster

  isolation = {
    mode = "observe"
  }

  deletion_protection = var.deletion_protection
}

resource "supervisor_vsphere_namespace" "banking" {
  name        = "banking"
  cluster     = supervisor_cluster.bank.cluster
  description = "Accounts and payments"

  access = [
    { subject = "devs@vsphere.local", subject_type = "GROUP", role = "EDIT" },
    { subject = "alice@vsphere.local", role = "OWNER" },
  ]

  storage = [
    { policy = data.supervisor_storage_policy.fast.id, limit = "200Gi" },
    { policy = data.supervisor_storage_policy.standard.id, limit = "1Ti" },
  ]

  resources = {
    cpu_limit_mhz    = 20000
    memory_limit_mib = 65536
  }

  vm_classes        = [data.supervisor_vm_class.small.id]
  content_libraries = [data.supervisor_content_library.images.id]

  isolation = {
    mode    = "baseline"
    logging = true

    allow = [
      { name = "dns", preset = "dns" },
      { name = "office", direction = "in", cidrs = ["10.50.0.0/16"], protocol = "TCP", ports = ["443", "8000-8080"] },
    ]
  }

  deletion_protection = var.deletion_protection
}

resource "supervisor_vsphere_namespace" "trading" {
  name        = "trading"
  cluster     = supervisor_cluster.bank.cluster
  description = "Orders and quotes"
  on_timeout  = "error"

  access = [{ subject = "ops@vsphere.local", subject_type = "GROUP", role = "EDIT" }]

  isolation = {
    mode = "guardrail"

    allow = [
      { name = "to-banking", direction = "out", cidrs = ["10.244.0.0/20"], protocol = "TCP", ports = ["8443"] },
    ]
  }

  deletion_protection = var.deletion_protection
}

# ---- policies, in both forms -----------------------------------------------------------------

resource "supervisor_namespace_network_policy" "attributes" {
  namespace = supervisor_vsphere_namespace.banking.name
  name      = "web"

  pod_selector = {
    match_labels = { app = "web" }
  }

  ingress = [{
    from = [
      { pod_selector = { match_labels = { app = "gateway" } } },
      { ip_block = { cidr = "10.50.0.0/16", except = ["10.50.99.0/24"] } },
      {
        namespace_selector = {
          match_labels = { "kubernetes.io/metadata.name" = supervisor_vsphere_namespace.trading.name }
        }
      },
    ]
    ports = [{ port = 8443 }]
  }]

  egress = [{
    to    = [{ any = true }]
    ports = [{ protocol = "UDP", port = 53 }]
  }]
}

resource "supervisor_namespace_network_policy" "manifest" {
  manifest = file("${path.module}/gateway.yaml")

  depends_on = [supervisor_vsphere_namespace.banking]
}

# ---- a way in from outside -------------------------------------------------------------------

resource "supervisor_namespace_load_balancer" "banking" {
  name      = "banking"
  namespace = supervisor_vsphere_namespace.banking.name

  tier0_path        = data.supervisor_nsx_tier0_gateway.bank.path
  edge_cluster_path = data.supervisor_nsx_edge_cluster.bank.path
  address           = "192.168.40.10"
  algorithm         = "LEAST_CONNECTION"

  pod_selector = {
    match_labels = { app = "web" }
  }

  ports = [
    { name = "https", port = 443, target_port = 8443 },
    { name = "metrics", port = 9090 },
  ]

  monitor = {
    http_path = "/healthz"
    interval  = 10
  }
}

# ---- machines beside the namespaces, and who has which subnet --------------------------------

resource "supervisor_nsx_segment" "vms" {
  display_name        = "bank-vms"
  description         = "Virtual machines outside of the Supervisor"
  transport_zone_path = data.supervisor_nsx_transport_zone.overlay.path
  connectivity_path   = data.supervisor_nsx_tier0_gateway.bank.path

  subnets = [{
    gateway     = "10.20.0.1/24"
    dhcp_ranges = ["10.20.0.100-10.20.0.199"]

    dhcp = {
      server_address = "10.20.0.2/24"
      dns_servers    = ["10.10.0.2"]
    }
  }]

  tags = [
    { scope = "team", tag = "platform" },
    { scope = "stage", tag = "production" },
  ]
}

resource "supervisor_namespace_subnets" "bank" {
  pod_cidrs = ["10.248.0.0/20"]
  prefix    = 28
  names     = ["banking", "trading", "sandbox"]
  prefixes  = { trading = 26 }
  counts    = { sandbox = 2 }
  reserved  = { "Office LAN" = ["10.248.15.0/24"] }
}
