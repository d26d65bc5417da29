terraform {
  required_version = ">= 1.11"

  required_providers {
    supervisor = {
      source = "vsphere-supervisor/supervisor"
    }
  }
}
