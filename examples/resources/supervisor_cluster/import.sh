# The vSphere cluster's managed object id, or the Supervisor's own id if it is on zones.
terraform import supervisor_cluster.bank domain-c34
