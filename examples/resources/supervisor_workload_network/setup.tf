# For a try on the lab; the page of this resource shows resource.tf alone.
terraform {
  required_providers {
    supervisor = {
      source = "vsphere-supervisor/supervisor"
    }
  }
}

provider "supervisor" {
  lab = {}
}

data "supervisor_compute_cluster" "bank" {
  name = "compute-without-nsx"
}

data "supervisor_network" "management" {
  name = "plain-management"
}

data "supervisor_network" "workload" {
  name = "plain-workload"
}

data "supervisor_network" "banking" {
  name = "plain-banking"
}

data "supervisor_storage_policy" "fast" {
  name = "gold"
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
    vsphere = {
      port_group     = data.supervisor_network.workload.id
      gateway        = "10.32.0.1"
      subnet_mask    = "255.255.255.0"
      address_ranges = ["10.32.0.10-10.32.0.200"]
    }
  }

  load_balancer = {
    address_ranges = ["10.32.1.10-10.32.1.200"]

    haproxy = {
      servers               = ["10.10.0.20:5556"]
      username              = "supervisor"
      password_wo           = "the lab takes any"
      certificate_authority = file("${path.module}/haproxy-ca.pem")
    }
  }

  service_cidr        = "10.96.0.0/22"
  storage_policy      = data.supervisor_storage_policy.fast.id
  deletion_protection = false
}
