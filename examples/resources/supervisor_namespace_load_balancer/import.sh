# The namespace and the load balancer's name; its `id` and its `path` will do, too. Where the load
# balancer names its `cluster`, that comes first: domain-c8/banking/banking.
terraform import supervisor_namespace_load_balancer.banking banking/banking
