export const handler = async (e: unknown) => console.log(JSON.stringify(e));
