import {
  to = supervisor_namespace_load_balancer.banking
  identity = {
    path = "/infra/lb-services/banking-banking-ss3ffbkavr"
  }
}
