# The namespaces of one Supervisor. With their states, Terraform can write their configuration, too:
# terraform query -generate-config-out=found.tf
list "supervisor_vsphere_namespace" "all" {
  provider         = supervisor
  include_resource = true

  config {
    cluster = "domain-c8"
  }
}
