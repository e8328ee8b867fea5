#!/usr/bin/env bash
# Whether the project could move to CDK Terrain today: synthesizes every topology with cdktf and, in a renamed copy
# and with the package made of that copy, with cdktn, and compares. Exit code 1 if they differ. docs/cdktn.md says more.
set -euo pipefail
cd "$(dirname "$0")/.."
project=$PWD
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# What git tracks, and new files that it does not ignore.
mkdir "$folder/copy"
git ls-files -z --cached --others --exclude-standard --deduplicate |
  tar --null --files-from=- --create | tar --extract --directory="$folder/copy"

cd "$folder/copy"
find . -name '*.ts' -exec sed -i -E "s#(from|import\(|require\()( ?['\"]@?)cdktf(['\"/])#\1\2cdktn\3#" {} +
# What makes the package has the names of packages as text.
sed -i 's/cdktf/cdktn/g' package/*.ts
# The newest providers say which cdktn and which constructs they go with. The app runs without the CLI.
peer() { npm view @cdktn/provider-aws@latest "peerDependencies.$1"; }
cdktn=$(peer cdktn)
constructs=$(peer constructs)
npm pkg delete optionalDependencies
sed -i -E "s#\"@cdktf/([^\"]+)\": \"[^\"]+\"#\"@cdktn/\1\": \"latest\"#
  s#\"cdktf\": \"[^\"]+\"#\"cdktn\": \"$cdktn\"#
  s#\"constructs\": \"[^\"]+\"#\"constructs\": \"$constructs\"#" package.json
echo 'installing CDK Terrain in a temporary copy (about a gigabyte, for the time of the check)'
# Other packages stay at the versions of package-lock.json.
npm install --ignore-scripts --no-audit --no-fund --loglevel=error
grep -H '^  "version"' node_modules/{cdktn,constructs,@cdktn/*}/package.json

# The package in an empty folder, with the same versions.
npm pack --silent --pack-destination "$folder" >/dev/null
mkdir "$folder/package"
cp package-lock.json "$folder/package"
cd "$folder/package"
npm install --ignore-scripts --no-audit --no-fund --loglevel=error "$folder"/*.tgz
grep -H '^  "version"' node_modules/dynamodb-cross-account-streams/package.json

# What Terraform does not care about: spaces in an empty list or object, minor versions, of cdktf too, and aws for
# hashicorp/aws.
same='s/([[{])\s+([]}])/\1\2/g; s/("version": "[0-9]+)\.[^"]*/\1/g; s#"hashicorp/#"#g'
# synthesize <output> <command>
synthesize() {
  "${@:2}" --output "$1" >/dev/null
  find "$1" -name '*.json' -exec sed -i -E -z "$same" {} +
}

status=0
for file in "$project"/topologies/*.yaml; do
  topology=topologies/$(basename "$file")
  name=$folder/$(basename "$file" .yaml)
  cd "$project"
  TOPOLOGY=$topology synthesize "$name.cdktf" npm run --silent synth --
  cd "$folder/copy"
  TOPOLOGY=$topology synthesize "$name.cdktn" npm run --silent synth --
  cd "$folder/package"
  TOPOLOGY=../copy/$topology synthesize "$name.package" npx --no-install cross-account-streams synth
  if diff -r "$name.cdktf" "$name.cdktn" && diff -r "$name.cdktf" "$name.package"; then
    echo "$topology: identical, and with the package"
  else status=1; fi
done
exit $status
