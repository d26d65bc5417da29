# The network policies that a certain state has made.
list "supervisor_namespace_network_policy" "platform" {
  provider = supervisor

  config {
    owner = "platform"
  }
}
