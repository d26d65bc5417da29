# For a try on the lab; the page of this ephemeral resource shows ephemeral-resource.tf alone.
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
