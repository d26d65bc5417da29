# The load balancers of one namespace.
list "supervisor_namespace_load_balancer" "banking" {
  provider = supervisor

  config {
    namespace = "banking"
  }
}
