# The pod CIDRs, in the order in which they fill up, separated by commas. What NSX has on segments
# within them becomes the allocation, and stays where it is.
terraform import supervisor_namespace_subnets.bank 10.244.0.0/20
