# The namespace and the load balancer's name.
terraform import supervisor_namespace_load_balancer.banking banking/banking
