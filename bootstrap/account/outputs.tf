output "deploy_role_arn" {
  description = "For accounts.<name>.deployRole.arn of the topology"
  value       = aws_iam_role.deploy.arn
}

output "read_role_arn" {
  description = "In place of the deploy role, where nothing may be changed"
  value       = aws_iam_role.read.arn
}

output "permissions_boundary_arn" {
  description = "For role.permissionsBoundary and role.acknowledgedPolicyArns of each consumer"
  value       = one(aws_iam_policy.boundary[*].arn)
}

output "redrive_role_arn" {
  description = "For npm run redrive -- --role"
  value       = one(aws_iam_role.redrive[*].arn)
}
