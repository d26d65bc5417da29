# For a try on the lab; the page of this data source shows data-source.tf alone.
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
